"""The types of the reference, written down from it; ``trajectory`` is a rule over a table, not a column."""

REFERENCE = frozenset(
    """resident_id resident_id_15 hkmotw_residence foreign_pr passport hkmo_permit_in tw_permit_in permit_out hkid twid military_id
    seafarer_book seafarer_cert driver_licence driver_file_no practitioner_cert road_transport_cert operating_licence licence_text
    penalty_no uscc org_code business_licence mobile m2m_number landline email qq wechat postcode bank_card bank_account payment_id
    plate plate_nev plate_embassy plate_military plate_temp_emerg vin engine_no etc_card obu_id toll_pass_id jt808_phone jt809_code
    jt809_keys imei imsi iccid ip mac lonlat trajectory stake_no route_code bridge_code imo mmsi ship_id_cn ship_reg container
    train_ticket train_no flight_no eticket bus_ticket person_name address division_code birth_date ethnic nationality religion health
    biometric minor criminal social_card medical_insurance password jdbc cloud_ak jwt private_key http_auth session""".split()
)
